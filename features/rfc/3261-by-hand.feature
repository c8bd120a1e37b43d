@rfc.3261
Feature: RFC 3261: what a user agent does with odd requests
  Sentences for messages by hand show what the other side makes of methods that it does not have, of
  messages that are not whole, and of phrases that it has never seen.

  @with.kamailio
  Scenario: a method that a phone knows and does not have gets 405 with its list (8.2.1)
    Given Bob registers
    When Alice sends raw message to Bob:
      """
      PUBLISH sip:bob@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      Max-Forwards: 70
      From: <sip:[user]@[domain]>;tag=[tag]
      To: <sip:bob@[domain]>
      Call-ID: [call_id]
      CSeq: 1 PUBLISH
      Content-Length: [len]
      """
    Then Alice receives 405 to PUBLISH with header Allow matching /INVITE/

  @with.kamailio
  Scenario: compact names and missing fields are borne with (7.3.3, 8.1.1.6)
    Given Bob registers
    When Alice sends raw message to Bob:
      """
      OPTIONS sip:bob@[remote_ip]:[remote_port] SIP/2.0
      v: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      f: <sip:[user]@[domain]>;tag=[tag]
      t: <sip:bob@[domain]>
      i: [call_id]
      CSeq: 1 OPTIONS
      """
    Then Alice receives 200 to OPTIONS

  @with.kamailio
  Scenario: code and phrase of a refusal reach the caller as they are (21)
    Given Bob registers
    When Alice calls Bob
    And Bob answers the last request with 499 "Never Seen Before"
    Then the call fails with 499
    And the reason phrase of 499 to INVITE is "Never Seen Before"

  @with.kamailio
  Scenario: a request waits for its answer
    Given Bob answers requests by hand
    When Alice sends raw message to Bob:
      """
      MESSAGE sip:bob@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      Max-Forwards: 70
      From: <sip:[user]@[domain]>;tag=[tag]
      To: <sip:bob@[domain]>
      Call-ID: [call_id]
      CSeq: 1 MESSAGE
      Content-Type: text/plain
      Content-Length: [len]

      read me
      """
    Then Alice does not receive 2xx to MESSAGE within 200 ms
    When Bob answers the last request with 202 "Later" with body:
      """
      not now
      """
    Then Alice receives 202 to MESSAGE
    And body of 202 to MESSAGE matches /^not now$/
