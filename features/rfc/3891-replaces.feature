@rfc.3891
Feature: RFC 3891: Replaces
  An INVITE may take the place of a dialog: its receiver answers at once and ends that dialog.

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone
    And Charlie uses generic phone

  Scenario: an answered call is taken over, and who was in it is told goodbye
    When Alice calls Bob directly
    And Bob answers the call
    And Alice hears Bob
    And Bob hears Alice
    When Charlie takes over the call of Bob
    Then Charlie is connected to Bob
    And Alice is idle
    And Bob has 1 call
    And Alice receives BYE
    And Bob has exchanged these messages in order:
      | sent          | received   |
      |               | INVITE     |
      | 200 to INVITE |            |
      |               | INVITE     |
      | 200 to INVITE |            |
      | BYE           |            |
      |               | 200 to BYE |
    And Bob receives INVITE with header Replaces matching /;to-tag=[^;]+;from-tag=[^;]+$/

  @with.kamailio
  Scenario: behind a server one leg is taken over as well
    When Alice calls Bob
    And Bob answers the call
    And Alice hears Bob
    When Charlie takes over the call of Alice
    Then Charlie is connected to Alice
    And Bob is idle

  Scenario: a call that rings elsewhere is picked up
    Given Bob lets it ring
    When Alice calls Bob directly
    And Bob rings
    And Charlie takes over the ringing call of Alice
    Then Charlie is connected to Alice
    And Bob stops ringing
    And Bob receives CANCEL
    And Bob is idle

  Scenario: an answered call is not taken over early
    When Alice calls Bob directly
    And Bob answers the call
    And Charlie takes over the ringing call of Bob
    Then the call fails with 486
    And Alice hears Bob
    And Bob hears Alice

  Scenario: a call that only rings here cannot be replaced
    Given Bob lets it ring
    When Alice calls Bob directly
    And Bob rings
    And Charlie takes over the call of Bob
    Then the call fails with 481
    And Bob is ringing

  Scenario Outline: a Replaces that <what> is refused with <code>
    When Alice calls Bob directly
    And Bob answers the call
    And Charlie calls Bob directly as call second
    And Bob rejects the call
    And Charlie sends raw message to Bob:
      """
      INVITE sip:bob@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      Max-Forwards: 70
      From: <sip:[user]@[domain]>;tag=[tag]
      To: <sip:bob@[domain]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:[user]@[local_ip]:[local_port]>
      Replaces: <value>
      Content-Length: [len]
      """
    Then Charlie receives <code> to INVITE
    And Alice hears Bob

    Examples:
      | what           | value                    | code |
      | names no call  | 1@a;to-tag=x;from-tag=y  | 481  |
      | lacks its tags | 1@a                      | 400  |
