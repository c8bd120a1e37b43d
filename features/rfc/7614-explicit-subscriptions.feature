@rfc.7614
Feature: RFC 7614: REFER without an implicit subscription
  Require: nosub asks for no news at all; with Require: explicitsub the 200 says where news can be
  subscribed to, in a dialog of its own.

  Background:
    Given Bob uses generic phone with lists.supported "['replaces', 'nosub', 'explicitsub']"
    And Charlie uses generic phone
    And Charlie expects a call

  Scenario: news by a subscription of its own
    Given Alice uses generic phone with transfer.report explicitsub
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    Then the transfer succeeds
    And Bob is transferred to Charlie
    And Alice is idle
    And Alice has exchanged these messages in order:
      | sent      | received         |
      | REFER     |                  |
      |           | 200 to REFER     |
      | SUBSCRIBE |                  |
      |           | 200 to SUBSCRIBE |
      |           | NOTIFY           |
    And header Require of REFER sent by Alice is "explicitsub"
    And Alice receives 200 to REFER with header Refer-Events-At matching /^<sip:bob@.*;refer=/
    And header Event of SUBSCRIBE sent by Alice is "refer"

  Scenario: no news at all
    Given Alice uses generic phone with transfer.report nosub
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    Then the transfer succeeds
    And Bob is transferred to Charlie
    And Alice does not receive NOTIFY within 500 ms
    And header Require of REFER sent by Alice is "nosub"

  Scenario: a phone that knows neither says so
    Given Alice uses generic phone with transfer.report explicitsub
    And Bob uses generic phone
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    Then the transfer fails with 420
    And Alice receives 420 to REFER with header Unsupported equal to "explicitsub"
    And Alice hears Bob
