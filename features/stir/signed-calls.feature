@rfc.8224 @rfc.8225 @rfc.8226 @rfc.8588
Feature: Signed calls
  A phone or the server signs, and whoever is called can tell who vouches for the caller, and how far.

  Scenario Outline: attestation <letter> arrives
    Given calls from Alice are signed with attestation <letter>
    When Alice calls Bob
    Then Bob receives a valid Identity
    And Bob receives attestation <letter>
    When Bob answers the call
    Then Alice and Bob talk for 300 ms
    And Alice hangs up

    Examples:
      | letter |
      | A      |
      | B      |
      | C      |

  Scenario: who does not sign sends no Identity
    When Alice calls Bob
    Then Bob receives no Identity
    And the Identity received by Bob is no-identity
    And Alice hangs up

  Scenario: a caller with a number is signed by number
    Given the following phones:
      | name  | profile | user        | password |
      | Alice | generic | 12155551212 | secret   |
    And calls from Alice are signed with attestation A
    When Alice calls Bob
    Then Bob receives INVITE with header Identity matching /ppt=shaken/
    And Bob receives a valid Identity
    And Alice hangs up

  @rfc.8946
  Scenario: a diverted call leads back to its first token
    Given calls from Alice are signed with attestation A with ppt div
    When Alice calls Bob
    Then Bob receives a valid Identity
    And header Identity of INVITE received by Bob has 2 values
    And Alice hangs up

  @rfc.8443
  Scenario: a priority is signed
    Given calls from Alice are signed with attestation B with ppt rph
    When Alice calls Bob
    Then Bob receives a valid Identity
    And Bob receives INVITE with header Resource-Priority equal to "ets.0"
    And Alice hangs up

  Scenario: the server signs at its edge
    Given the embedded server signs calls with attestation B
    When Alice calls Bob
    Then Bob receives a valid Identity
    And Bob receives attestation B
    And Alice hangs up

  Scenario: what a phone has signed the server leaves alone
    Given the embedded server signs calls with attestation C
    And calls from Alice are signed with attestation A
    When Alice calls Bob
    Then Bob receives attestation A
    And header Identity of INVITE received by Bob has 1 value
    And Alice hangs up

  Scenario Outline: the server tells the callee what it found: <verstat>
    Given the embedded server marks callers by their Identity
    And <signing>
    When Alice calls Bob
    Then Bob receives verstat "<verstat>"
    And Alice hangs up

    Examples:
      | signing                                          | verstat              |
      | calls from Alice are signed with attestation A   | TN-Validation-Passed |
      | Identity sent by Alice has a bad signature       | TN-Validation-Failed |
      | Identity sent by Alice has an unknown extension  | No-TN-Validation     |
