@rfc.6665
Feature: RFC 6665 4.1.4, 4.4.1: a SUBSCRIBE that reaches several notifiers
  One SUBSCRIBE gets one response, and a NOTIFY from each notifier that it has reached. Bob stands for the
  phones behind a proxy that forks; each tells under a From tag of its own. The subscriber takes them all,
  or the first one only.

  Scenario: each notifier is a subscription of its own, in a dialog of its own
    Given Bob forks subscriptions to 3 notifiers
    When Alice subscribes directly to dialog of each fork of Bob
    Then Alice has 3 subscriptions by one SUBSCRIBE
    And Alice receives 3 NOTIFY
    And Bob receives 1 SUBSCRIBE
    And Bob receives 3 200 to NOTIFY
    When Alice calls Bob
    Then Bob rings
    And Alice receives 3 NOTIFY
    And Alice has 3 subscriptions by one SUBSCRIBE
    When Alice terminates the subscription to each fork
    Then Bob receives 3 SUBSCRIBE
    And Alice has 0 subscriptions by one SUBSCRIBE

  Scenario: whoever wants one notifier refuses the others
    Given Bob forks subscriptions to 3 notifiers
    When Alice subscribes directly to dialog of Bob
    Then Alice has 1 subscription by one SUBSCRIBE
    And Bob receives 200 to NOTIFY
    And Bob receives 2 481 to NOTIFY

  Scenario: a server that forks nothing makes one subscription
    Given Bob registers
    When Alice subscribes to presence of each fork of Bob
    Then Alice has 1 subscription by one SUBSCRIBE
