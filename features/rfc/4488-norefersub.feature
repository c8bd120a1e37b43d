@rfc.4488
Feature: RFC 4488: REFER without its subscription
  With Refer-Sub: false a phone asks not to be told what becomes of its REFER.

  Background:
    Given Alice uses generic phone with transfer.report norefersub
    And Bob uses generic phone
    And Charlie uses generic phone
    And Charlie expects a call

  Scenario: the other side agrees and tells nothing
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    Then the transfer succeeds
    And Alice receives 202 to REFER with header Refer-Sub equal to "false"
    And Bob is transferred to Charlie
    And Alice is idle
    And Alice does not receive NOTIFY within 500 ms

  Scenario: a phone that does not know the field tells all the same
    Given Bob uses generic phone with lists.supported "[]"
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    Then the transfer succeeds
    And Alice has received NOTIFY
    And Bob is transferred to Charlie
