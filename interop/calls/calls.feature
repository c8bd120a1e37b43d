@rfc.3261 @with.baresip @with.linphonec @with.pjsua2
Feature: A phone of gannet calls a foreign phone
  The foreign phone is Bob: it answers by itself and plays a tone of 880 Hz.

  Scenario: Alice calls Bob, both hear each other, and Alice hangs up
    Given Alice uses generic phone
    When Alice calls "bob"
    Then Alice hears a 880 Hz tone
    And wait 3 seconds
    Then Alice hangs up the phone
    Then Alice receives 200 to BYE
