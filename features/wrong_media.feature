Feature: What can be wrong with the media of a call is told by its name
  Each scenario makes one thing wrong on purpose. A clean call has none of these faults.

  Background:
    When Alice calls Bob
    And Bob answers the call
    And Bob hears Alice

  Scenario: nothing is wrong
    Then the media of the call has no faults

  Scenario: another codec than the one that was agreed on
    When Alice sends its RTP with payload type 8
    Then the media of Bob has the fault "wrong codec"
    And the media of Alice has no faults

  Scenario: a payload type that means nothing
    When Alice sends its RTP with payload type 99
    Then the media of Bob has the fault "wrong payload type"

  Scenario: RTP from elsewhere
    When Alice sends its RTP from another port
    Then the media of Bob has the fault "stream from another address"

  Scenario: 3 % loss
    When Alice loses 3% of its RTP
    Then the media of Bob has the fault "packet loss"

  Scenario: 60 ms jitter
    When Alice jitters its RTP by 60 ms
    Then the media of Bob has the fault "jitter"

  Scenario: a gap of 500 ms
    When Alice pauses its RTP for 500 ms
    Then the media of Bob has the fault "gap"

  Scenario: timestamps that stand still
    When Alice freezes the timestamps of its RTP
    Then the media of Bob has the fault "frozen timestamp"

  Scenario: hold, and another codec after it, are no faults
    When Alice puts the call on hold
    And Bob hears silence within 1 second
    And Alice resumes the call
    And Alice re-invites with codec PCMA
    Then Bob hears Alice
    And the media of the call has no faults
