@rfc.4235
Feature: RFC 4235: dialogs of others
  A busy lamp shows the calls of another phone: whoever subscribes to its dialogs is told of each change.

  Scenario: the lamps of both sides of a call
    When Carol subscribes to dialog of Alice
    And Carol subscribes to dialog of Bob
    Then BLF lamp of Alice is idle
    And BLF lamp of Bob is idle
    When Alice calls Bob
    Then BLF lamp of Bob is early
    When Bob answers the call
    Then BLF lamp of Bob is confirmed
    And BLF lamp of Alice at Carol is confirmed
    And Carol is notified that Bob is confirmed
    When Bob hangs up
    Then BLF lamp of Bob is idle
    And BLF lamp of Alice is idle

  @with.kamailio
  Scenario: a call that nobody answers
    Given Bob registers
    When Carol subscribes to dialog of Bob
    And Alice calls Bob
    # By its Call-ID: a server may still tell of calls that were before.
    Then Carol is told that the call of Bob is early
    When Alice cancels the call
    Then Carol is told that the call of Bob is terminated
