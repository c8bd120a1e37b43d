@rfc.3550
Feature: RFC 3550: media that flow, and media that suffer
  What comes is judged by name: nothing is wrong with a clean call, and every impairment on purpose is told
  from the others by what it does.

  Background:
    When Alice calls Bob
    And Bob answers the call

  Scenario: nothing is wrong with a clean call
    Then Bob hears Alice from the start
    And Alice hears Bob from the start
    And the media of the call has no faults
    And Alice has MOS at least 4
    And Bob has at most 0% of its RTP out of order
    And Bob has at most 0% of its RTP twice
    And Alice hears Bob with a delay below 500 ms

  Scenario: loss on the way lowers the score
    When Alice loses 20% of its RTP in bursts of 3
    Then the media of Bob has the fault "packet loss"
    And the media of Alice has no faults

  Scenario: a long way is a delay, and no fault
    When Alice delays its RTP by 400 ms
    Then wait until Bob hears Alice
    And Alice hears Bob with a delay below 200 ms

  Scenario: media one way only
    When Alice loses 100% of its RTP
    And Alice hears Bob
    Then Bob does not hear Alice
