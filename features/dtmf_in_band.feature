Feature: DTMF keys as tones in the audio
  Some devices send keys as tones only. They are heard as a person's keypad sounds, and the call goes on.

  Scenario: keys are heard and the conversation goes on
    When Alice calls Bob
    And Bob answers the call
    And Alice sends DTMF "1990*#" in-band
    Then Bob receives DTMF "1990*#" in-band
    When Bob sends DTMF "77" in-band with 250 ms tones
    Then Alice receives DTMF "77"
    And Alice hears Bob
    And Bob hears Alice
