@rfc.3515 @rfc.3891 @rfc.5589 @with.pjsua2
Feature: A phone of gannet transfers a foreign phone, and to a foreign phone
  The foreign phone is Bob: it answers by itself and plays a tone of 880 Hz.

  Scenario: Bob is transferred to Carol
    Given Carol expects a call
    When Alice calls "bob"
    And Alice hears a 880 Hz tone
    And Alice transfers the call to Carol
    Then the transfer succeeds
    And Alice is idle
    And Carol hears a 880 Hz tone
    And Carol hangs up

  Scenario: Bob takes the place of Alice in her call with Carol
    Given Carol expects a call
    When Alice calls "bob"
    And Alice hears a 880 Hz tone
    And Alice transfers attended to Carol
    Then the transfer succeeds
    And Alice is idle
    And Carol hears a 880 Hz tone
    And Carol hangs up

  Scenario: Carol takes the place of Alice in her call with Bob
    When Alice calls Carol as call first
    And Carol answers the call
    And Alice puts call first on hold
    And Alice calls "bob" as call second
    And Alice hears a 880 Hz tone
    And Alice transfers call first to call second
    Then the transfer succeeds
    And Alice is idle
    And Carol hears a 880 Hz tone
    And Carol hangs up
