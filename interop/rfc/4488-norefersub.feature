@rfc.4488 @with.sipp
Feature: A REFER without its subscription, to SIPp
  `4488-norefersub.xml` is called past the server.

  Scenario: SIPp agrees and tells nothing
    Given Alice uses generic phone with transfer.report norefersub
    When Alice calls "sip:service@${sipp}" directly
    And Alice transfers the call to 5550199
    Then the transfer succeeds
    And Alice receives 202 to REFER with header Refer-Sub equal to "false"
    And Alice is idle
    And Alice does not receive NOTIFY within 300 ms
