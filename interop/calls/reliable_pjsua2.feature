@rfc.3262 @with.pjsua2
Feature: Reliable provisional responses between pjsua2 and the embedded server
  pjsua2 requires them and calls Alice, who knows nothing of that.

  Scenario: Alice rings and answers
    Given Alice registers
    Then Alice is ringing within 20 seconds
    And Alice receives INVITE without header Require
    When Alice answers the call
    Then Alice hears a 880 Hz tone
    And Alice hangs up
