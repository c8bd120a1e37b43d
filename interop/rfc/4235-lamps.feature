@rfc.4235 @rfc.6665 @with.sipp
Feature: Calls that SIPp watches
  `4235-watcher.xml` has subscribed to Alice's dialogs at the embedded server.

  Scenario: Alice talks to Bob
    When Alice calls Bob
    And Bob answers the call
    And Alice and Bob talk for 1 second
    Then Alice hangs up
