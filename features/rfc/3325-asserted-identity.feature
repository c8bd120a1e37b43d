@rfc.3325
Feature: RFC 3325: who the network says is calling
  The server proves who calls and tells the callee in P-Asserted-Identity. What phones assert counts only if
  they belong to the trust domain, and who asks for Privacy: id is told to nobody outside of it.

  Background:
    Given Bob registers
    And Alice registers

  Scenario: a proven identity is asserted
    When Alice calls Bob
    Then Bob receives INVITE with header P-Asserted-Identity matching /<sip:alice@/
    And Alice hangs up

  Scenario: what a phone asserts is replaced
    When Alice calls Bob with header P-Asserted-Identity "<sip:boss@example.org>"
    Then header P-Asserted-Identity of INVITE received by Bob has 1 value
    And Bob receives INVITE with header P-Asserted-Identity matching /<sip:alice@/
    And Alice hangs up

  Scenario: a preferred identity that is not the caller's does not count
    When Alice calls Bob as identity "sip:bob@gannet.test"
    Then Bob receives INVITE with header P-Asserted-Identity matching /<sip:alice@/
    And Bob has received INVITE
    And Alice hangs up

  @with.kamailio
  Scenario: Privacy: id keeps it from the callee
    When Alice calls Bob with privacy "id"
    Then Bob receives INVITE without header P-Asserted-Identity
    And Alice hangs up

  Scenario: inside the trust domain everybody is told, and believed
    Given the embedded server trusts the phones
    When Alice calls Bob with privacy "id"
    Then Bob receives INVITE with header P-Asserted-Identity matching /<sip:alice@/
    And Alice hangs up
    And Bob is idle
    When Alice calls Bob with header P-Asserted-Identity "<tel:+15550100>"
    Then Bob receives INVITE with header P-Asserted-Identity equal to "<tel:+15550100>"
    And Alice hangs up
