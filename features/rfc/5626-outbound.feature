@rfc.5626
Feature: RFC 5626: flows that the phone opens and keeps
  A phone registers the same address over several flows, numbered by reg-id. The server sends requests
  down a flow, whatever the contact says, and tries the next one when a flow is gone. The phone keeps its
  flows alive and forms a failed one anew.

  @with.kamailio
  Scenario: two flows of one phone are one contact each, and a call rings once
    Given the following phones:
      | name  | profile | registration.flows | registration.instance |
      | Alice | generic | ['tcp', 'udp']     | mac                   |
    When Bob registers
    Then Alice has 2 flows
    And the server gives Alice the flows
    And header Supported of REGISTER sent by Alice is "replaces, norefersub, path, outbound"
    When Bob calls Alice
    Then Alice has 1 call
    And Alice answers the call
    And Alice and Bob talk for 1 second
    And Bob hangs up

  Scenario: a phone asks for its flow in dialogs too, and the server keeps to it
    Given the following phones:
      | name  | profile | registration.flows |
      | Alice | generic | ['tcp']            |
    When Bob registers
    And Alice calls Bob
    Then Alice sends INVITE with header Contact matching /;ob>$/
    When Bob answers the call
    And Bob hangs up
    Then Alice receives BYE with header Via matching /^SIP\/2\.0\/TCP/

  @with.kamailio
  Scenario: a flow that is cut is formed anew, with the same number
    Given the following phones:
      | name  | profile | registration.flows | registration.backoff |
      | Alice | generic | ['tcp', 'tcp']     | rfc5626              |
    When Alice has 2 flows
    And flow 1 of Alice is cut
    Then flow 1 of Alice fails
    And flow 1 of Alice recovers within 3 seconds
    And Alice has 2 flows

  Scenario: when the newest flow is gone the next one is tried
    Given Edge registers
    When Alice sends request REGISTER
    And Alice receives response 401
    And header Contact of REGISTER sent by Edge is stored as edge
    And header Contact of REGISTER sent by Alice is stored as contact
    And with header field "Contact" value "${contact};reg-id=1;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\""
    And with header field "Supported" value "path, outbound"
    And with header field Authorization for Alice
    And Alice sends request REGISTER
    And Alice receives response 200
    And with header field "Contact" value "${contact};reg-id=2;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\""
    And with header field "Path" value "${edge}"
    And Alice sends request REGISTER
    And Alice receives response 401
    And with header field Authorization for Alice
    And Alice sends request REGISTER
    And Alice receives response 200
    Then Alice has 2 registered contacts
    When Edge answers requests by hand
    And Bob registers
    And Bob calls Alice
    And Edge answers the last request with 430 "Flow Failed"
    Then Alice rings
    And Alice answers the call
    And Alice and Bob talk for 1 second
    And Bob hangs up

  Scenario: flows are kept alive by CRLF over connections and by STUN over datagrams
    Given the embedded server names a Flow-Timer of 2 seconds
    And the following phones:
      | name  | profile | registration.flows | keep-alive.kind |
      | Alice | generic | ['tcp', 'udp']     | rfc5626         |
    When Alice has 2 flows
    Then header Flow-Timer of 200 to REGISTER received by Alice is "2"
    And flow 1 of Alice is kept alive
    And flow 2 of Alice is kept alive
    And flow 2 of Alice is kept alive
    And flow 1 of Alice is kept alive
    And Alice has 2 flows

  Scenario: a phone that keeps nothing alive is forgotten after the Flow-Timer
    Given the embedded server names a Flow-Timer of 1 second
    And the following phones:
      | name  | profile | registration.flows |
      | Alice | generic | ['udp']            |
    When Bob registers
    And Alice has 1 flow
    And wait 3 seconds
    And Bob calls Alice
    Then the call fails with 480

  @with.kamailio
  Scenario: keep-alives that stay unanswered end a flow, which comes back later
    Given the following phones:
      | name  | profile | registration.flows | keep-alive.kind | keep-alive.interval | keep-alive.answer-wait | registration.backoff | registration.backoff-base |
      | Alice | generic | ['udp']            | stun            | 1                   | 1                      | rfc5626              | 1                         |
    When Alice has 1 flow
    And flow 1 of Alice is kept alive
    And Alice loses its connection
    Then flow 1 of Alice fails
    When Alice regains its connection
    Then flow 1 of Alice recovers within 40 seconds

  Scenario: a server that knows nothing of outbound registers a plain contact
    Given the embedded server does without outbound
    And the following phones:
      | name  | profile | registration.flows |
      | Alice | generic | ['udp']            |
    When Alice registers
    Then no message has header Require
    And Alice has 1 registered contact

  Scenario: a first hop that does not take part is told
    When Alice sends raw message:
      """
      REGISTER sip:[domain] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
      Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKphone
      Max-Forwards: 69
      From: <sip:[user]@[domain]>;tag=[tag]
      To: <sip:[user]@[domain]>
      Call-ID: [call_id]
      CSeq: 1 REGISTER
      Path: <sip:[local_ip]:[local_port];lr>
      Contact: <sip:[user]@192.0.2.1>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>";reg-id=1
      Supported: path, outbound
      Content-Length: 0
      """
    Then Alice receives 439 to REGISTER
    And the reason phrase of 439 to REGISTER is "First Hop Lacks Outbound Support"
