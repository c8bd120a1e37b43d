@rfc.3261 @with.sipp
Feature: A phone of gannet calls SIPp's built-in callee
  `sipp -sn uas -rtp_echo` has registered as Carol: it answers at once and sends back what it hears.

  Scenario: Alice calls three times after one another
    Given Alice uses generic phone
    When Alice calls "carol"
    Then Alice hears Alice
    Then Alice hangs up the phone
    Then Alice receives 200 to BYE
    When Alice calls "carol"
    Then Alice hears Alice
    Then Alice hangs up the phone
    Then Alice receives 200 to BYE
    When Alice calls "carol"
    Then Alice hears Alice
    Then Alice hangs up the phone
    Then Alice receives 200 to BYE
