@rfc.5839 @with.sipp
Feature: Conditional notification by SIPp
  `5839-conditional.xml` stands where the server should be.

  Scenario: a state that is known is not told again
    When Alice subscribes conditionally to presence of "bob"
    Then Alice receives NOTIFY with header SIP-ETag equal to "state-1"
    And Alice is notified that "bob" is "at the desk"
    When Alice refreshes the subscription
    Then Alice gets 204
    And Alice does not receive NOTIFY within 300 ms
    When Alice terminates the subscription
    Then Alice gets 204
