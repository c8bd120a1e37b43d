Feature: A phone of gannet refuses a foreign caller
  Erin is a foreign phone that calls Alice, Bob and Dave one after another, and gives up on Bob.

  Scenario: Alice declines
    Given Alice uses generic phone
    Then Alice is ringing within 30 seconds
    When Alice rejects the call with 603
    Then Alice receives ACK

  Scenario: Bob lets it ring until the caller gives up
    Given Bob uses generic phone
    Then Bob is ringing within 30 seconds
    When Bob lets it ring
    Then Bob receives CANCEL within 30 seconds
    And Bob stops ringing

  Scenario: Dave lets it ring until the server gives up
    Given Dave uses generic phone
    Then Dave is ringing within 40 seconds
    When Dave lets it ring
    Then Dave receives CANCEL within 30 seconds
    And Dave stops ringing
