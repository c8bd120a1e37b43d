@rfc.5763 @rfc.5764
Feature: RFC 5763: SRTP with keys from DTLS
  Descriptions name certificates; the keys come from a handshake on the way of the media.

  Scenario: the answerer begins the handshake
    Given Alice uses generic phone with sdp.srtp-keys dtls
    And Alice requires SRTP
    And Bob accepts SRTP
    When Alice calls Bob
    Then Alice sends INVITE
    And SDP of INVITE has line /m=audio \d+ UDP\/TLS\/RTP\/SAVP /
    And Bob answers the call
    And the call uses SRTP AES_CM_128_HMAC_SHA1_80
    And Alice and Bob talk for 1 second
    When Alice puts the call on hold
    And Alice resumes the call
    Then Alice and Bob talk for 1 second
    And RTCP is received

  @rfc.8643
  Scenario: offered with RTP/AVP
    Given the following phones:
      | name  | profile | sdp.srtp | sdp.srtp-keys | sdp.srtp-offer | sdp.srtp-suites                                 |
      | Alice | generic | offered  | dtls          | avp            | ['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'] |
      | Bob   | generic | accepted | dtls          | avp            | ['AEAD_AES_128_GCM']                            |
    When Alice calls Bob
    And Bob answers the call
    Then the call uses SRTP AEAD_AES_128_GCM
    And Alice and Bob talk for 1 second
