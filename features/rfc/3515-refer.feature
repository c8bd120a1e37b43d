@rfc.3515
Feature: RFC 3515: REFER
  A phone asks the other side of its call to call somebody else. It is told what becomes of that by
  NOTIFYs whose bodies are status lines. The calls between these phones go past the server, so that a
  phone and no server is asked.

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone
    And Charlie uses generic phone

  Scenario: the other side makes the call and tells each response
    Given Charlie expects a call
    When Alice calls Bob directly
    And Bob answers the call
    And Alice hears Bob
    And Bob hears Alice
    When Alice transfers the call to Charlie
    Then the transfer succeeds
    And Bob is transferred to Charlie
    And Alice is idle
    And Bob has 1 call
    And Alice has exchanged these messages in order:
      | sent          | received     |
      | REFER         |              |
      |               | 202 to REFER |
      |               | NOTIFY       |
      | 200 to NOTIFY |              |
      | BYE           |              |
      |               | 200 to BYE   |
    And header Contact of REFER sent by Alice has 1 value
    And Bob receives REFER with header Refer-To matching /^<sip:charlie@/
    And Alice receives NOTIFY with header Event matching /^refer;id=\d+$/
    And Alice receives NOTIFY with header Subscription-State matching /^terminated;reason=noresource$/
    And body of NOTIFY matches /^SIP\/2\.0 200 /

  Scenario: the first news comes at once
    Given Charlie lets it ring
    And Charlie delays 180 to INVITE by 1 second
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    Then Alice receives NOTIFY with header Subscription-State matching /^active;expires=\d+$/
    And body of NOTIFY matches /^SIP\/2\.0 100 Trying/
    And Alice receives NOTIFY with header Content-Type matching /^message\/sipfrag;version=2.0/
    And body of NOTIFY matches /^SIP\/2\.0 180 /
    And Alice hears Bob

  Scenario: a call that fails leaves the first one as it was
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    And Charlie rejects the call with 486
    Then the transfer fails with 486
    And Alice hears Bob
    And Bob hears Alice
    And Alice receives NOTIFY with header Subscription-State matching /^terminated/
    And body of NOTIFY matches /^SIP\/2\.0 486 Busy Here/

  Scenario: a phone may refuse to be sent elsewhere
    Given Bob uses generic phone with transfer.accept 603
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    Then the transfer fails with 603
    And Charlie does not ring within 500 ms
    And Alice hears Bob

  Scenario: a user who is asked agrees
    Given Bob uses generic phone with transfer.accept ask
    And Charlie expects a call
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    Then Alice receives NOTIFY with header Subscription-State matching /^pending;expires=\d+$/
    And Charlie does not ring within 500 ms
    When Bob accepts the transfer
    Then the transfer succeeds
    And Bob is transferred to Charlie

  Scenario: a user who is asked refuses after the REFER was accepted
    Given Bob uses generic phone with transfer.accept ask
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie
    And Bob refuses the transfer
    Then the transfer fails with 603
    And Charlie has 0 calls
    And Alice hears Bob

  Scenario: news goes on after the call has ended
    When Alice calls Bob directly
    And Bob answers the call
    And Alice transfers the call to Charlie blind
    And Alice is idle
    And Charlie answers the call
    Then the transfer succeeds
    And Bob is transferred to Charlie

  Scenario: a REFER outside of any call
    Given Bob expects a call
    And Charlie expects a call
    When Alice refers Bob directly to Charlie
    Then the transfer succeeds
    And Bob is transferred to Charlie
    And Alice has 0 calls

  @with.kamailio
  Scenario Outline: <what> is refused with <code>
    Given Bob registers
    When Alice sends raw message to Bob:
      """
      REFER sip:bob@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      Max-Forwards: 70
      From: <sip:[user]@[domain]>;tag=[tag]
      To: <sip:bob@[domain]>
      Call-ID: [call_id]
      CSeq: 1 REFER
      Contact: <sip:[user]@[local_ip]:[local_port]>
      <field>
      Content-Length: [len]
      """
    Then Alice receives <code> to REFER

    Examples:
      | what                      | field                                           | code |
      | REFER without Refer-To    | Subject: nothing                                | 400  |
      | a Refer-To that is no URI | Refer-To: somebody                              | 400  |
      | a Refer-To of the web     | Refer-To: <http://example.com/>                 | 416  |
      | another method            | Refer-To: <sip:charlie@127.0.0.1;method=INFO>   | 603  |
      | both of RFC 7614          | Require: nosub, explicitsub                     | 420  |
