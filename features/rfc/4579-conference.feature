@rfc.4579 @requires.conference
Feature: RFC 4579: a conference at a server
  Whoever calls the number of a room hears all others who did. The Contact of the server says that it
  is a focus.

  Scenario: three meet, and one leaves
    When Alice calls conference
    Then Alice receives 200 to INVITE with header Contact matching /;isfocus/
    And Alice hears silence within 1 second
    When Bob calls conference
    Then Alice hears 1 party
    And Bob hears 1 party
    And Bob hears Alice
    When Carol calls conference
    Then Alice hears 2 parties
    And Bob hears 2 parties
    And Carol hears 2 parties
    And Carol hears Bob
    When Bob hangs up
    Then Alice hears 1 party
    And Alice hears Carol
    And Carol hears Alice
    And Carol does not hear Bob within 1 second

  Scenario: six voices are told apart
    When Alice calls conference
    And Bob calls conference
    And Carol calls conference
    And Dave calls conference
    And Erin calls conference
    And Frank calls conference
    Then Alice hears 5 parties
    And Frank hears 5 parties
    When Carol mutes
    Then Alice hears 4 parties
    And Carol hears 5 parties

  Scenario: who holds the conference neither hears it nor is heard
    When Alice calls conference
    And Bob calls conference
    And Carol calls conference
    Then Bob hears 2 parties
    When Alice puts the call on hold
    Then Bob hears 1 party
    And Alice hears 0 parties
    When Alice resumes the call
    Then Alice hears 2 parties
    And Bob hears 2 parties
