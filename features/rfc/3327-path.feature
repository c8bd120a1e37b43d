@rfc.3327
Feature: RFC 3327: the path to a phone
  A proxy between phone and registrar writes itself into Path. The registrar keeps it, returns it, and sends
  requests for the phone that way, as a Route.

  Background: Edge is the hop that Alice's registration came through
    Given Edge registers
    And Alice sends request REGISTER
    And Alice receives response 401
    And header Contact of REGISTER sent by Edge is stored as edge
    And with header field "Path" value "${edge}"
    And with header field "Supported" value "path"
    And with header field Authorization for Alice
    And Alice sends request REGISTER
    And Alice receives response 200

  Scenario: the path comes back in the 200 and is the Route of a call
    Then header Path of 200 to REGISTER received by Alice is "${edge}"
    When Edge answers requests by hand
    And Bob registers
    And Bob calls Alice
    Then Edge receives INVITE with header Route equal to "${edge}"
    When Edge answers the last request with 486 "Busy Here"
    Then the call fails with 486

  Scenario: a text takes the path too
    When Bob registers
    And Bob sends message "hello" to Alice
    Then Edge receives MESSAGE with header Route equal to "${edge}"

  Scenario: 430 of the edge says that the flow is gone, and no caller sees it
    When Edge answers requests by hand
    And Bob registers
    And Bob calls Alice
    And Edge answers the last request with 430 "Flow Failed"
    Then the call fails with 480
