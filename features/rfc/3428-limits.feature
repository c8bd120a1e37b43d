@rfc.3428
Feature: RFC 3428: texts that are late, kept, too long, or of another kind
  A text may say until when it is worth reading; a server may keep it for a phone that is away.

  Scenario: Expires goes with Date, and a text in time is shown (4)
    When Alice sends message "lunch?" to Bob that expires after 60 seconds
    Then the message is accepted
    And Bob receives MESSAGE with header Expires equal to "60"
    And header Date of MESSAGE received by Bob has 1 value
    And Bob receives message "lunch?" from Alice

  Scenario: a text that comes too late is accepted and not shown (4, 7)
    Given Bob registers
    When Alice sends raw message to Bob:
      """
      MESSAGE sip:bob@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      Max-Forwards: 70
      From: <sip:[user]@[domain]>;tag=[tag]
      To: <sip:bob@[domain]>
      Call-ID: [call_id]
      CSeq: 1 MESSAGE
      Date: Sat, 13 Nov 2010 23:29:00 GMT
      Expires: 60
      Content-Type: text/plain
      Content-Length: [len]

      lunch, ten years ago
      """
    Then Alice receives 200 to MESSAGE
    And Bob has received 1 expired message
    And Bob does not receive message "lunch, ten years ago" within 100 ms

  Scenario: what a phone cannot show gets 415 with what it can (RFC 3261 8.2.3)
    When Alice sends message "<b>lunch?</b>" to Bob as "text/html"
    Then the message is refused with 415
    And header Accept of 415 to MESSAGE received by Alice is "text/plain"
    And Bob does not receive message "<b>lunch?</b>" within 100 ms

  Scenario: a phone may take other kinds
    Given the following phones:
      | name | profile | texts.types                 |
      | Bob  | generic | ["text/plain", "text/html"] |
    When Alice sends message "<b>lunch?</b>" to Bob as "text/html"
    Then the message is accepted
    And Bob receives message "<b>lunch?</b>" from Alice

  Scenario: a text that is too long gets 413 (RFC 3261 21.4.11)
    Given Bob uses generic phone with texts.bytes-max 160
    When Alice sends message of 161 octets to Bob
    Then the message is refused with 413
    When Alice sends message of 160 octets to Bob
    Then the message is accepted

  Scenario: a text of several lines
    When Alice sends message to Bob:
      """
      Lunch?
      At noon, as always.
      """
    Then Bob receives message:
      """
      Lunch?
      At noon, as always.
      """

  Scenario: a text inside a call (4)
    When Alice calls Bob
    And Bob answers the call
    And Alice sends message "one moment" in the call
    Then the message is accepted
    And Bob receives message "one moment"

  Scenario: without a relay a text for a phone that is away is refused (6)
    Given Bob registers
    When Bob unregisters
    And Alice sends message "lunch?" to Bob
    Then the message is refused with 480

  Scenario: a relay says 202 and delivers later, in order (7)
    Given the embedded server keeps messages
    And Bob registers
    When Bob unregisters
    And Alice sends message "lunch?" to Bob
    Then the message is kept
    When Alice sends message "or tea?" to Bob that expires after 60 seconds
    Then the message is kept
    When Bob registers
    Then Bob receives message "lunch?" from Alice
    And Bob receives message "or tea?" from Alice
    And header Date of MESSAGE received by Bob has 1 value

  Scenario: a relay keeps nothing that asks not to be kept, and nothing that is over
    Given the embedded server keeps messages
    And Bob registers
    When Bob unregisters
    And Alice sends message "now or never" to Bob that expires after 0 seconds
    Then the message is refused with 480
    When Alice sends message "soon" to Bob that expires after 1 second
    Then the message is kept
    When pause for 2500 ms
    And Bob registers
    Then Bob does not receive message "soon" within 500 ms
    And Bob does not receive MESSAGE within 100 ms

  Scenario: a text that a phone could not answer waits for the next time
    Given the embedded server keeps messages
    And Bob registers
    When Bob unregisters
    And Alice sends message "lunch?" to Bob
    And Bob answers every MESSAGE with 480 1 time
    And Bob registers
    Then Bob has sent 480 to MESSAGE
    And Bob does not receive message "lunch?" within 200 ms
    When Bob unregisters
    And Bob registers
    Then Bob receives message "lunch?" from Alice
