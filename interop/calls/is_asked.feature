Feature: A phone of gannet is asked what it can do
  sipsak sends OPTIONS to Alice while nothing else happens.

  Scenario: Alice answers without disturbing the test
    Given Alice uses generic phone
    Then Alice receives OPTIONS within 20 seconds
    And Alice is idle
