@rfc.5359
Feature: RFC 5359 2.10: a phone makes a conference of its calls
  Alice talks to Bob, adds Carol, and mixes: each hears the two others, and nobody hears themselves.

  Background:
    When Alice calls Bob as call first
    And Bob answers the call
    Then Alice hears Bob
    And Bob hears Alice
    When Alice puts the call on hold
    Then Bob sees the call held
    When Alice calls Carol as call second
    And Carol answers the call
    Then Alice hears 1 party
    And Alice hears Carol
    And Carol hears 1 party
    And Carol hears Alice
    And Bob hears 0 parties

  @with.kamailio
  Scenario: the third party is added, and leaves again
    When Alice joins calls first and second
    Then Bob sees the call resumed
    And Alice hears 2 parties
    And Bob hears 2 parties
    And Carol hears 2 parties
    And Bob hears Carol
    And Bob does not hear Bob within 1 second
    When Carol hangs up
    Then Bob hears 1 party
    And Bob hears Alice
    And Alice hears 1 party

  @with.kamailio
  Scenario: the mute key of one does not part the others
    When Alice joins calls first and second
    And Carol mutes
    Then Alice hears 1 party
    And Bob hears 1 party
    And Carol hears 2 parties
    When Carol unmutes
    And Alice mutes
    Then Bob hears 1 party
    And Bob hears Carol
    And Carol hears 1 party
    And Carol hears Bob
    And Alice hears 2 parties

  @with.kamailio
  Scenario: who is put on hold is in the conference no more
    When Alice joins calls first and second
    Then Bob hears 2 parties
    When Alice puts the call on hold
    Then Carol hears 0 parties
    And Bob hears 1 party
    When Alice resumes the call
    Then Carol hears 2 parties
    And Bob hears 2 parties
