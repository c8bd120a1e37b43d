@rfc.4579 @with.baresip
Feature: A conference with a foreign phone
  The foreign phone is in the room already and plays a tone of 880 Hz.

  Scenario: Alice and Carol hear the foreign phone and each other
    When Alice calls conference
    Then Alice hears a 880 Hz tone
    When Carol calls conference
    Then Alice hears a 880 Hz tone
    And Carol hears a 880 Hz tone
    And Alice hears Carol
    And Carol hears Alice
    And Alice hears 1 party
    And wait 2 seconds
    When Alice mutes
    Then Carol hears 0 parties
    And Carol hears a 880 Hz tone
    When Alice unmutes
    Then Carol hears Alice
    When Carol hangs up
    And Alice hangs up
    Then Alice receives 200 to BYE
