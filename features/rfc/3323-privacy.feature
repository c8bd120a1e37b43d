@rfc.3323
Feature: RFC 3323: privacy that a server provides
  Privacy says what the caller wants hidden by the server, which does it, takes it out of Privacy, and fails
  the call if it cannot and the caller says that it is critical.

  Background:
    Given Bob registers
    And Alice registers

  Scenario: user privacy hides who calls
    When Alice calls Bob with privacy "user;critical"
    Then Bob receives INVITE with header From matching /sip:anonymous@anonymous\.invalid/
    And header User-Agent of INVITE sent by Alice has 1 value
    And INVITE is valid SIP
    And Bob answers the call
    And Alice and Bob talk for 1 second
    And Alice hangs up
    And Bob receives BYE

  Scenario: what was done is not asked for again
    When Alice calls Bob with privacy "user;header"
    Then Bob receives INVITE without header Privacy
    And Alice hangs up

  Scenario: session privacy is not to be had here, which is told only if it is critical
    When Alice calls Bob with privacy "session"
    Then Bob receives INVITE with header Privacy equal to "session"
    And Alice hangs up
    When Alice calls Bob with privacy "session;critical"
    Then the call fails with 500
    And the reason phrase of 500 to INVITE is "Privacy Not Available: session"

  Scenario: who asks for none is shown
    When Alice calls Bob with privacy "none"
    Then Bob receives INVITE with header Privacy equal to "none"
    And header From of INVITE received by Bob is stored as from
    And header P-Asserted-Identity of INVITE received by Bob has 1 value
    And Alice hangs up
