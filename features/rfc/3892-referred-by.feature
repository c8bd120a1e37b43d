@rfc.3892
Feature: RFC 3892: Referred-By
  Who asks for a call says who it is, and the call that follows carries that on to its target.

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone
    And Charlie uses generic phone

  Scenario: the target learns who has sent the caller
    When Alice calls Bob directly
    And Bob answers the call
    And Alice refers Bob directly to Charlie
    Then Bob receives REFER with header Referred-By matching /^<sip:alice@/
    And Bob sends INVITE with header Referred-By matching /^<sip:alice@/
    When Charlie answers the call
    Then the transfer succeeds

  Scenario: past the server it reaches the target
    When Alice calls Charlie directly as call first
    And Charlie answers the call
    And Alice calls Bob directly as call second
    And Bob answers the call
    When Alice transfers call second to call first
    Then the transfer succeeds
    And Charlie receives INVITE with header Referred-By matching /^<sip:alice@/
    And Bob is transferred to Charlie

  Scenario: a phone may hold its tongue
    Given Alice uses generic phone with transfer.referred-by false
    And Charlie expects a call
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    Then the transfer succeeds
    And Bob receives REFER without header Referred-By
    And no message has header Referred-By
