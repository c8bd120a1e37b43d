@rfc.5359 @rfc.3515 @rfc.5589
Feature: RFC 5359: transfers from phone to phone
  Who hears whom is looked at in each state. The calls go past the server: the phones do it all.

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone
    And Charlie uses generic phone

  @rfc.3264
  Scenario: 2.2 consultation hold
    Given Charlie expects a call
    When Alice calls Bob directly
    And Bob answers the call
    And Alice and Bob talk for 1 second
    When Bob puts the call on hold
    And Bob calls Charlie directly
    Then Bob is connected to Charlie
    And Alice sees the call held
    And Alice does not hear Bob within 500 ms
    When Bob hangs up
    And Bob resumes the call
    Then Alice and Bob talk for 1 second

  Scenario: 2.4 unattended transfer
    When Alice calls Bob directly
    And Bob answers the call
    And Alice and Bob talk for 1 second
    When Bob transfers the call to Charlie blind
    And Charlie answers the call
    Then the transfer succeeds
    And Alice is transferred to Charlie
    And Bob is idle
    And Alice has 1 call

  @rfc.3891
  Scenario: 2.5 attended transfer
    When Alice calls Bob directly as call first
    And Bob answers the call as call his
    And Alice and Bob talk for 1 second
    When Bob puts call his on hold
    And Bob calls Charlie directly
    And Charlie answers the call
    Then Bob is connected to Charlie
    And Alice does not hear Bob within 500 ms
    And Charlie does not hear Alice within 500 ms
    When Bob swaps calls
    Then Bob is connected to Alice
    And Charlie does not hear Bob within 500 ms
    When Bob swaps calls
    And Bob transfers attended to Charlie
    Then the transfer succeeds
    And Alice is transferred to Charlie
    And Bob is idle
    And Alice has 1 call
    And Charlie has 1 call
    And Alice receives REFER with header Refer-To matching /\?Replaces=[^>]+to-tag%3D/
    And Charlie receives INVITE with header Replaces
    And Bob receives BYE

  @rfc.3891
  Scenario: the consultation call is made by the sentence
    Given Charlie expects a call
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers attended to Charlie
    Then the transfer succeeds
    And Bob is transferred to Charlie
    And Alice is idle

  @rfc.3891
  Scenario: an attended transfer that fails leaves both calls
    Given Charlie uses generic phone with lists.supported "[]"
    And Charlie expects a call
    And Bob uses generic phone with transfer.accept 403
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers attended to Charlie
    Then the transfer fails with 403
    And Alice has 2 calls
    And Alice is connected to Charlie
    When Alice swaps calls
    Then Alice is connected to Bob

  Scenario: 2.18 click to dial
    Given Bob expects a call
    And Charlie expects a call
    When Alice refers Bob directly to Charlie
    Then the transfer succeeds
    And Bob is transferred to Charlie
    And Alice has exchanged these messages in order:
      | sent          | received     |
      | REFER         |              |
      |               | 202 to REFER |
      |               | NOTIFY       |
      | 200 to NOTIFY |              |

  Scenario Outline: each model transfers in its own way
    Given Alice uses <hers> phone
    And Bob uses <his> phone
    And Charlie expects a call
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers to Charlie
    Then Bob is transferred to Charlie
    And Alice is idle

    Examples:
      | hers         | his          |
      | Squirrel350  | Chipmunk5000 |
      | Chipmunk5000 | Squirrel350  |
