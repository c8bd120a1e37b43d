@rfc.3665 @rfc.3261
Feature: RFC 3665 3.4, 3.5, 3.7: servers that fail, stand between, and sessions that move
  The proxies of these flows are what the phones have before them. 3.4: Alice has two servers, and the
  first is dead. 3.5: the embedded server stands between the phones as an application layer gateway does:
  it writes its own addresses for theirs, in each message of both sides; media, which it does not relay,
  stay as they are. 3.7: all phones are on one machine, so the callee moves to another port, not to
  another address.

  Background:
    Given Bob uses generic phone

  @rfc.3263
  Scenario: 3.4 The first proxy does not answer, and the second one has the call
    Given the following phones:
      | name  | profile | transport.servers-before |
      | Alice | generic | ['127.0.0.1:9']          |
    When Alice calls Bob
    And Bob answers the call
    And Alice and Bob talk for 1 second
    And Bob hangs up
    And Alice is idle
    Then Alice has exchanged these messages in order:
      | sent       | received          |
      | INVITE     |                   |
      | INVITE     |                   |
      |            | 401,407 to INVITE |
      | ACK        |                   |
      | INVITE     |                   |
      |            | 180 to INVITE     |
      |            | 200 to INVITE     |
      | ACK        |                   |
      |            | BYE               |
      | 200 to BYE |                   |
    And header CSeq of ACK sent by Alice is "2 ACK"
    And Bob receives 1 INVITE

  Scenario: 3.5 Who stands between shows neither side the addresses of the other
    Given Alice uses generic phone
    When Alice calls Bob
    And Bob answers the call
    And Alice and Bob talk for 1 second
    Then media flows directly
    When Bob hangs up
    And Alice is idle
    Then Alice has exchanged these messages in order:
      | sent       | received      |
      | INVITE     |               |
      |            | 180 to INVITE |
      |            | 200 to INVITE |
      | ACK        |               |
      |            | BYE           |
      | 200 to BYE |               |
    And Bob has exchanged these messages in order:
      | sent          | received   |
      |               | INVITE     |
      | 180 to INVITE |            |
      | 200 to INVITE |            |
      |               | ACK        |
      | BYE           |            |
      |               | 200 to BYE |
    And header Contact of INVITE sent by Alice is stored as alices
    And header Contact of INVITE received by Bob is not "${alices}"
    And header Via of INVITE received by Bob has 1 value
    And header Contact of 200 to INVITE sent by Bob is stored as bobs
    And header Contact of 200 to INVITE received by Alice is not "${bobs}"

  @rfc.6141
  Scenario: 3.7 The callee moves, and tells so by re-INVITE
    Given Alice uses generic phone
    When Alice calls Bob
    And Bob answers the call
    And Alice and Bob talk for 1 second
    And Bob changes its media address
    Then Bob has exchanged these messages in order:
      | sent          | received      |
      |               | INVITE        |
      | 180 to INVITE |               |
      | 200 to INVITE |               |
      |               | ACK           |
      | INVITE        |               |
      |               | 200 to INVITE |
      | ACK           |               |
    And Alice has exchanged these messages in order:
      | sent          | received      |
      | INVITE        |               |
      |               | 180 to INVITE |
      |               | 200 to INVITE |
      | ACK           |               |
      |               | INVITE        |
      | 200 to INVITE |               |
      |               | ACK           |
    And Bob hears Alice
    And Alice hears Bob
    When Bob hangs up
    Then Alice receives BYE
