@rfc.3551
Feature: RFC 3551: codecs of audio
  Phones agree on a codec and hear each other in it, at its own sample rate; payload types without a
  number of their own follow the offer.

  @with.kamailio
  Scenario Outline: both sides hear each other in <codec>
    Given Alice uses generic phone with sdp.codecs "[<offered>]"
    And Bob uses generic phone with sdp.codecs "[<known>]"
    When Alice calls Bob
    And Bob answers the call
    Then the call uses codec <codec>
    And the call uses ptime 20
    And Alice hears Bob
    And Bob hears Alice
    And Alice has jitter below 100 ms

    Examples:
      | codec        | offered                   | known                     |
      | PCMA         | 'PCMA', 'PCMU'            | 'PCMU', 'PCMA'            |
      | G722         | 'G722', 'PCMU'            | 'PCMA', 'PCMU', 'G722'    |
      | G722/8000    | 'G722'                    | 'G722'                    |
      | L16/16000    | 'L16/16000'               | 'PCMU', 'L16/16000'       |
      | L16/8000/2   | 'L16/8000/2', 'L16/8000'  | 'L16/8000/2'              |
      | opus/48000/2 | 'opus', 'G722', 'PCMU'    | 'PCMU', 'opus'            |

  Scenario Outline: what is wide is heard as it was played
    Given Alice uses generic phone with sdp.codecs "['<codec>']"
    And Bob uses generic phone with sdp.codecs "['<codec>']"
    When Alice calls Bob
    And Bob answers the call
    And Alice plays a <hertz> Hz tone
    Then Bob hears a <hertz> Hz tone
    When Bob echoes
    Then Alice hears a <hertz> Hz tone

    Examples:
      | codec     | hertz |
      | G722      | 6000  |
      | opus      | 11000 |
      | L16/48000 | 17000 |
      | L16/44100 | 15000 |

  @with.kamailio
  Scenario: dynamic payload types follow the offer
    Given Alice uses generic phone with sdp.codecs "[{ name = 'opus', payload-type = 98, fmtp = 'useinbandfec=1;stereo=0' }, { name = 'telephone-event', payload-type = 99 }]"
    And Bob uses generic phone with sdp.codecs "['opus', 'PCMU', 'telephone-event']"
    When Alice calls Bob
    And Bob answers the call
    Then SDP of INVITE offers opus/48000/2, telephone-event/48000 in this order
    And SDP of INVITE has line /^a=fmtp:98 useinbandfec=1;stereo=0$/
    And SDP of 200 to INVITE sent by Bob has line /^a=rtpmap:98 opus\/48000\/2$/
    And SDP of 200 to INVITE sent by Bob has line /^a=rtpmap:99 telephone-event\/48000$/
    And the call uses codec opus
    When Alice sends DTMF "4711#" by RFC 4733
    Then Bob receives DTMF "4711#" by RFC 4733
    And Alice hears Bob

  @with.kamailio
  Scenario: a call goes from one codec to the next
    Given Alice uses generic phone with sdp.codecs "['PCMU', 'G722', 'opus', 'telephone-event', 'telephone-event/48000']"
    And Bob uses generic phone with sdp.codecs "['PCMU', 'G722', 'opus', 'telephone-event', 'telephone-event/48000']"
    When Alice calls Bob
    And Bob answers the call
    Then the call uses codec PCMU
    And Alice hears Bob
    When Alice re-invites with codec G722
    Then the call uses codec G722
    And Alice hears Bob
    And Bob hears Alice
    When Bob re-invites with codec opus
    Then the call uses codec opus
    And Bob hears Alice
    When Alice sends DTMF "12" by RFC 4733
    Then Bob receives DTMF "12" by RFC 4733
    When Bob re-invites with codec PCMU
    Then the call uses codec PCMU
    And Alice hears Bob
    And Bob hears Alice

  Scenario Outline: the echo of the server has <codec>
    Given Alice uses generic phone with sdp.codecs "['<codec>']"
    When Alice calls echo
    Then the call uses codec <codec>
    And Alice hears Alice

    Examples:
      | codec     |
      | G722      |
      | opus      |
      | L16/16000 |

  Scenario: a conference of narrow and wide phones
    Given Alice uses generic phone with sdp.codecs "['G722']"
    And Bob uses generic phone with sdp.codecs "['PCMU']"
    And Carol uses generic phone with sdp.codecs "['opus']"
    When Alice calls conference
    And Bob calls conference
    And Carol calls conference
    Then Alice hears Bob
    And Alice hears Carol
    And Bob hears Alice
    And Bob hears Carol
    And Carol hears Alice
    And Carol hears Bob

  Scenario: comfort noise stands for silence where both know it
    Given Alice uses generic phone with sdp.codecs "['PCMU', 'CN']"
    And Bob uses generic phone with sdp.codecs "['PCMU', 'CN']"
    When Alice calls Bob
    And Bob answers the call
    Then SDP of INVITE offers PCMU, CN/8000
    And SDP of 200 to INVITE sent by Bob offers PCMU, CN
    And Bob hears Alice
    When Alice plays silence
    Then Bob hears silence
    When Alice plays its own audio
    Then Bob hears Alice
