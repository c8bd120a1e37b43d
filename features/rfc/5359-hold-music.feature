@rfc.5359 @requires.music-on-hold
Feature: RFC 5359 2.3: music on hold
  The server answers the phone that holds and moves the other one to its music. To resume is to move
  it back.

  Background:
    When Alice calls Bob
    And Bob answers the call
    Then Alice hears Bob
    And Bob hears Alice

  Scenario: the caller holds and resumes
    When Alice puts the call on hold
    Then Alice receives 200 to INVITE
    And body of 200 to INVITE matches /a=recvonly/
    And Bob receives INVITE
    And body of INVITE matches /a=sendonly/
    And Bob sees the call held
    And Bob hears a 523 Hz tone
    And Bob does not hear Alice within 1 second
    And Alice hears silence within 1 second
    When Alice resumes the call
    Then Bob sees the call resumed
    And Alice hears Bob
    And Bob hears Alice
    And Bob hears 1 party
    When Bob hangs up
    Then Alice receives BYE

  Scenario: the callee can hold as well, again and again
    When Bob puts the call on hold
    Then Alice hears a 523 Hz tone
    When Bob resumes the call
    Then Alice hears Bob
    When Bob puts the call on hold
    Then Alice sees the call held
    And Alice hears a 523 Hz tone
    When Bob resumes the call
    Then Bob hears Alice
    And Alice hears Bob

  Scenario: both hold
    When Alice puts the call on hold
    Then Bob hears a 523 Hz tone
    When Bob puts the call on hold
    Then Bob hears silence within 1 second
    And Alice hears silence within 1 second
    When Alice resumes the call
    Then Alice hears a 523 Hz tone
    And Bob hears silence within 1 second
    When Bob resumes the call
    Then Alice hears Bob
    And Bob hears Alice

  Scenario: consultation while music plays (RFC 5359 2.2)
    When Alice puts the call on hold
    And Alice calls Carol as call second
    And Carol answers the call
    Then Carol hears Alice
    And Bob hears a 523 Hz tone
    When Carol hangs up
    Then Bob hears 0 parties
    When Alice resumes the call
    Then Bob hears Alice
