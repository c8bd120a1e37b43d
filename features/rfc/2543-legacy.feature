@rfc.2543
Feature: RFC 2543: phones from before 2002
  Devices of the old standard have no magic cookie in their branches, no tags, hold by 0.0.0.0 and know no
  loose routing. Those who follow RFC 3261 must cope (RFC 3261 17.2.3, 12.1.1, RFC 3264 8.4).

  @with.kamailio
  Scenario: an old phone registers and calls
    Given Alice speaks RFC 2543
    When Bob registers
    And Alice calls Bob
    Then header Via of INVITE sent by Alice is stored as via
    And Alice sends INVITE with header From matching /^[^;]*$/
    And Alice sends INVITE with header Via matching /branch=[^z]/
    When Bob answers the call
    Then Alice and Bob talk for 1 second
    When Alice hangs up
    Then Bob receives BYE

  Scenario: an old phone is called, and hung up by the other side
    Given Alice speaks RFC 2543
    When Bob calls Alice
    And Alice answers the call
    Then Alice sends 200 to INVITE with header To matching /^[^;]*$/
    And Alice and Bob talk for 1 second
    When Bob hangs up
    Then Alice receives BYE

  @with.kamailio
  Scenario: an old phone holds by an address of zeros
    Given Alice speaks RFC 2543
    When Alice calls Bob
    And Bob answers the call
    And Alice puts the call on hold
    Then Bob sees the call held
    And SDP of INVITE has line /^c=IN IP4 0\.0\.0\.0/
    When Alice resumes the call
    Then Bob sees the call resumed
    And Alice hangs up

  @with.kamailio
  Scenario: an old phone gives up a call
    Given Alice speaks RFC 2543
    When Alice calls Bob
    And Bob rings
    And Alice cancels the call
    Then Bob receives CANCEL
    And the call fails with 487
