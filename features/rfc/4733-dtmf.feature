@rfc.4733
Feature: RFC 4733: DTMF keys as telephone-events
  Keys travel in RTP beside the audio, each with its length; both sides agree on that in the SDP.

  Background:
    When Alice calls Bob
    And Bob answers the call

  @with.kamailio
  Scenario: keys arrive in order, repeated ones too
    Then body of INVITE matches /a=rtpmap:\d+ telephone-event\/8000/
    When Alice sends DTMF "11*09#D" by RFC 4733
    Then Bob receives DTMF "11*09#D" by RFC 4733
    And Alice hears Bob
    And Bob hears Alice

  @with.kamailio
  Scenario: both sides may send, and keys are looked at once
    When Alice sends DTMF "12" with 60 ms tones
    And Bob sends DTMF "34" by RFC 4733 with 200 ms tones
    Then Bob receives DTMF "1"
    And Bob receives DTMF "2"
    And Alice receives DTMF "34"

  @with.kamailio
  Scenario: keys by INFO are told apart
    When Alice sends DTMF "1" by RFC 4733
    And Alice sends DTMF "2#" by INFO with 160 ms tones
    Then Bob receives DTMF "2#" by INFO
    And Bob receives DTMF "1" by RFC 4733
    And Bob receives INFO with header Content-Type equal to "application/dtmf-relay"
    And body of INFO matches /Duration=160/

  @with.kamailio
  Scenario: keys that came before the end count after it
    When Alice sends DTMF "99"
    And Alice hangs up
    And Bob receives BYE
    Then Bob receives DTMF "99"
