@rfc.3262 @with.sipp
Feature: PRACK between the embedded server and SIPp
  `scenarios/sipp/prack/uas.xml` is Bob of the server, which acknowledges what he sends reliably.

  Scenario: Alice knows nothing of it
    When Alice calls "bob"
    Then Alice receives 200 to INVITE
    And Alice does not send PRACK within 100 ms
    And Alice hangs up the phone
