@rfc.3262 @with.sipp
Feature: PRACK between SIPp and the embedded server
  `3262-caller.xml` calls Alice through the server, which has reliable responses for its leg.

  Scenario: SIPp requires them, and Alice knows nothing of that
    Given Alice registers
    Then Alice is ringing within 20 seconds
    And Alice receives INVITE without header Require
    When Alice answers the call
    Then Alice receives BYE
    And Alice does not send PRACK within 100 ms
