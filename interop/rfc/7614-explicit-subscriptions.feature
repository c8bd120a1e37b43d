@rfc.7614 @with.sipp
Feature: News of a REFER by a subscription of its own, from SIPp
  `7614-explicit-subscriptions.xml` is called past the server.

  Scenario: Alice subscribes where SIPp says
    Given Alice uses generic phone with transfer.report explicitsub
    When Alice calls "sip:service@${sipp}" directly
    And Alice transfers the call to 5550199
    Then the transfer succeeds
    And Alice receives 200 to REFER with header Refer-Events-At matching /news=1/
    And Alice sends SUBSCRIBE with header Event equal to "refer"
    And Alice is idle
