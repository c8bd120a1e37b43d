@rfc.5359 @rfc.3891
Feature: RFC 5359 2.16: call pickup
  A call that rings at one phone is answered at another. The phone that rang is called off as answered
  elsewhere.

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone
    And Charlie uses generic phone

  Scenario: the call of one phone is picked up
    When Alice calls Bob
    And Bob rings
    And Charlie picks up Bob
    Then Bob stops ringing
    And Bob has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 180 to INVITE |          |
      |               | CANCEL   |
      | 200 to CANCEL |          |
      | 487 to INVITE |          |
      |               | ACK      |
    And Bob receives CANCEL with header Reason matching /cause=200/
    And Alice is connected to Charlie
    When Alice hangs up
    Then Charlie waits for hangup

  Scenario: the call of the group is picked up
    When Alice calls Bob
    And Bob rings
    And Charlie picks up the call of the group
    Then Alice is connected to Charlie

  Scenario: the key of a phone that rings picks up, that of an idle one calls
    When Alice calls Bob
    And Bob rings
    And Charlie presses the BLF key for Bob
    Then Alice is connected to Charlie
    When Alice hangs up
    And Charlie waits for hangup
    And Charlie presses the BLF key for Bob
    And Bob answers the call
    Then Charlie is connected to Bob

  Scenario: a phone takes the dialog that its lamp tells, by Replaces
    Given Charlie uses generic phone with pickup.way replaces
    When Charlie subscribes to dialog of Bob
    And Alice calls Bob
    And Bob rings
    And Charlie picks up Bob
    Then Bob stops ringing
    And Bob receives CANCEL with header Reason matching /cause=200/
    And Charlie sends INVITE with header Replaces matching /;to-tag=[^;]+;from-tag=[^;]+;early-only$/
    And Alice is connected to Charlie
    And Alice and Charlie talk for 1 second

  @with.kamailio
  Scenario: without a lamp it subscribes for that
    Given Charlie uses generic phone with pickup.way replaces
    When Alice calls Bob
    And Bob rings
    And Charlie picks up Bob
    Then Charlie sends SUBSCRIBE
    And Alice is connected to Charlie
    And Bob is idle
