@rfc.3515 @rfc.5589 @with.baresip
Feature: A foreign phone transfers a phone of gannet
  The foreign phone calls Alice and sends her on to Carol.

  Scenario: Alice is sent to Carol
    Given Alice expects a call
    And Carol expects a call
    When Alice receives REFER within 20 seconds
    Then Alice is transferred to Carol
    And Alice has 1 call
    And Carol hangs up
