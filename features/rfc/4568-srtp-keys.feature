@rfc.4568 @rfc.3711
Feature: RFC 4568: keys of SRTP in session descriptions
  An offer has a key for each crypto suite, the answer takes one of them and has a key of its own.

  Scenario: both phones require SRTP
    Given Alice requires SRTP
    And Bob requires SRTP
    When Alice calls Bob
    Then Alice sends INVITE
    And SDP of INVITE has line /m=audio \d+ RTP\/SAVP /
    And Bob answers the call
    And the call uses SRTP AES_CM_128_HMAC_SHA1_80
    And Alice and Bob talk for 1 second
    When Alice puts the call on hold
    And Alice resumes the call
    Then Alice and Bob talk for 1 second
    And RTCP is received
    And the media of the call has no faults

  @rfc.6188
  Scenario: a suite with keys of 256 bits
    Given Alice uses generic phone with sdp.srtp-suites "['AES_256_CM_HMAC_SHA1_32', 'AES_CM_128_HMAC_SHA1_80']"
    And Alice requires SRTP
    And Bob uses generic phone with sdp.srtp-suites "['AES_256_CM_HMAC_SHA1_32']"
    And Bob accepts SRTP
    When Alice calls Bob
    And Bob answers the call
    Then the call uses SRTP AES_256_CM_HMAC_SHA1_32
    And Alice and Bob talk for 1 second

  @rfc.7714
  Scenario: a suite with AES-GCM, and new keys with each offer
    Given Alice uses generic phone with sdp.srtp-suites "['AEAD_AES_128_GCM', 'AEAD_AES_256_GCM']"
    And Alice requires SRTP
    And Bob uses generic phone with sdp.srtp-suites "['AEAD_AES_256_GCM']"
    And Bob accepts SRTP
    When Alice calls Bob
    And Bob answers the call
    Then the call uses SRTP AEAD_AES_256_GCM
    When Alice changes its media address
    Then Alice and Bob talk for 1 second

  Scenario: new keys with each offer, and a master key identifier
    Given Alice uses generic phone with sdp.srtp-new-keys true
    And Alice requires SRTP
    And Bob uses generic phone with sdp.srtp-mki "7:2"
    And Bob accepts SRTP
    When Alice calls Bob
    And Bob answers the call
    And Alice and Bob talk for 1 second
    When Alice puts the call on hold
    And Alice resumes the call
    Then Alice and Bob talk for 1 second
    And the call is encrypted

  Scenario: plain calls are refused by who requires SRTP
    Given Bob requires SRTP
    And Bob expects a call
    When Alice calls Bob
    Then the call fails with 488

  Scenario Outline: who offers SRTP talks to who knows none
    Given Alice uses generic phone with sdp.srtp-offer <form>
    And Alice offers SRTP
    When Alice calls Bob
    And Bob answers the call
    Then the call is not encrypted
    And Alice and Bob talk for 1 second

    Examples:
      | form |
      | avp  |
      | both |

  Scenario: who offers SRTP with RTP/AVP gets it from who accepts it
    Given Alice uses generic phone with sdp.srtp-offer avp
    And Alice offers SRTP
    And Bob accepts SRTP
    When Alice calls Bob
    And Bob answers the call
    Then the call is encrypted
    And Alice and Bob talk for 1 second
