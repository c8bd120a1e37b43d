@rfc.5359
Feature: RFC 5359 2.10: a phone calls its guests itself
  One sentence makes a conference of three: calls that are not there yet are made, one after the other.

  @with.kamailio
  Scenario: nobody was called before
    Given Bob expects a call
    And Carol expects a call
    When Alice starts a conference with Bob, Carol
    Then Alice hears 2 parties
    And Bob hears 2 parties
    And Carol hears 2 parties

  @with.kamailio
  Scenario: the call with Bob goes on in the conference
    Given Carol expects a call
    When Alice calls Bob
    And Bob answers the call
    Then Bob hears 1 party
    When Alice starts a conference with Bob, Carol
    Then Alice has 2 calls
    And Bob hears 2 parties
    And Carol hears 2 parties

  Scenario: where the call with Bob goes past the server, Carol is called past it, too
    Given Carol expects a call
    When Alice calls Bob directly
    And Bob answers the call
    Then Bob hears 1 party
    When Alice starts a conference with Bob, Carol
    Then Bob hears 2 parties
    And Carol hears 2 parties
    And header Contact of INVITE sent by Alice is stored as alices
    And header Contact of INVITE received by Carol is "${alices}"
