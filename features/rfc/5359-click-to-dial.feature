@rfc.5359 @rfc.3515
Feature: RFC 5359 2.18: click to dial, through the server
  A program asks a phone by REFER, outside any call, to call somebody. The server knows who asks, hands
  the REFER to one phone of the user, and tells what becomes of it. That phone makes the call and talks.
  What happens without a server stands in 5359-transfers.feature.

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone
    And Charlie uses generic phone

  Scenario: a phone is asked for a call, and tells how it goes
    When Alice refers Bob to Charlie
    And Charlie answers the call
    Then the transfer succeeds
    And Bob is transferred to Charlie
    And Bob and Charlie talk for 1 second
    And Alice has exchanged these messages in order:
      | sent          | received          |
      | REFER         |                   |
      |               | 401,407 to REFER  |
      | REFER         |                   |
      |               | 202 to REFER      |
      |               | NOTIFY            |
      | 200 to NOTIFY |                   |
      |               | NOTIFY            |
      | 200 to NOTIFY |                   |
    And Bob has exchanged these messages in order:
      | sent          | received      |
      |               | REFER         |
      | 202 to REFER  |               |
      | NOTIFY        |               |
      | INVITE        |               |
      |               | 180 to INVITE |
      |               | 200 to INVITE |
      | ACK           |               |
      | NOTIFY        |               |
      |               | 200 to NOTIFY |
    And Charlie has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 180 to INVITE |          |
      | 200 to INVITE |          |
      |               | ACK      |
    And Alice receives NOTIFY with header Subscription-State matching /^active;expires=\d+$/
    And Alice receives NOTIFY with header Subscription-State matching /^terminated;reason=noresource$/
    And body of NOTIFY matches /^SIP\/2\.0 200 /
    And Bob receives REFER with header Refer-To matching /^<sip:charlie@/
    And Charlie receives INVITE with header Referred-By matching /sip:alice@/
    And Alice does not receive INVITE within 200 ms
    When Charlie hangs up
    Then Bob waits for hangup

  Scenario: the program of a phone's own user
    When Alice refers Alice to Bob
    And Bob answers the call
    Then the transfer succeeds
    And Alice is connected to Bob
    When Bob hangs up
    Then Alice is idle

  Scenario: whoever is called refuses
    Given Charlie is busy
    When Alice refers Bob to Charlie
    Then the transfer fails with 486
    And Bob is idle

  Scenario: the phone refuses to call for others
    Given Bob uses generic phone with transfer.accept 603
    When Alice refers Bob to Charlie
    Then the transfer fails with 603
    And Charlie does not ring within 500 ms

  Scenario: a user without a phone
    Given Bob registers
    And Bob unregisters
    When Alice refers Bob to Charlie
    Then the transfer fails with 480

  @rfc.4488
  Scenario: who wants no news gets none
    Given Alice uses generic phone with transfer.report norefersub
    And Charlie expects a call
    When Alice refers Bob to Charlie
    Then the transfer succeeds
    And Bob is transferred to Charlie
    And Alice receives 202 to REFER with header Refer-Sub equal to "false"
    And Alice does not receive NOTIFY within 500 ms
