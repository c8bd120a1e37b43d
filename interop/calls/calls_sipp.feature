@rfc.3261 @with.sipp
Feature: A phone of gannet calls SIPp's built-in callee
  `sipp -sn uas -rtp_echo` stands where the server should be: Alice sends it everything, and does
  not register. It answers at once and sends back what it hears. Its calls go on for four seconds
  after the BYE, and fail if their TCP connection ends in that time.

  Scenario: Alice calls three times after one another
    Given new connection with user "Alice" and server "sipp"
    When Alice calls "service"
    Then Alice hears Alice
    Then Alice hangs up the phone
    Then Alice receives 200 to BYE
    When Alice calls "service"
    Then Alice hears Alice
    Then Alice hangs up the phone
    Then Alice receives 200 to BYE
    When Alice calls "service"
    Then Alice hears Alice
    Then Alice hangs up the phone
    Then Alice receives 200 to BYE
    And wait 5 seconds
