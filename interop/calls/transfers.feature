@rfc.3515 @rfc.3891 @rfc.5589 @with.kamailio
Feature: Phones of gannet transfer calls through a proxy
  The proxy leaves the dialogs to the phones, so REFER and Replaces go from phone to phone.

  Scenario: Alice transfers Bob to Carol
    Given Carol expects a call
    When Alice calls Bob
    And Bob answers the call
    And Alice and Bob talk for 1 second
    When Alice transfers the call to Carol
    Then the transfer succeeds
    And Bob is transferred to Carol
    And Alice is idle

  Scenario: Alice asks Carol first
    Given Carol expects a call
    When Alice calls Bob
    And Bob answers the call
    And Alice and Bob talk for 1 second
    When Alice transfers attended to Carol
    Then the transfer succeeds
    And Bob is transferred to Carol
    And Alice is idle
    And Carol receives INVITE with header Replaces

  Scenario: Carol does not answer
    When Alice calls Bob
    And Bob answers the call
    And Alice transfers the call to Carol
    And Carol rejects the call with 486
    Then the transfer fails with 486
    And Alice hears Bob
    And Bob hears Alice
