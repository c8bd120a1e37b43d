@rfc.3608
Feature: RFC 3608: routes that the registrar gives
  The 200 to REGISTER may name the routes that requests of the phone must take. They stand in every request
  outside a dialog from then on, and not in those of a dialog.

  Scenario: calls and texts take the Service-Route
    Given the embedded server gives a Service-Route
    When Bob registers
    And Alice registers
    Then Alice has received 200 to REGISTER
    And header Service-Route of 200 to REGISTER received by Alice is stored as route
    When Alice calls Bob
    Then header Route of INVITE sent by Alice is "${route}"
    When Bob answers the call
    And Alice hangs up
    Then Alice sends BYE without header Route
    When Alice sends message "hello" to Bob
    Then header Route of MESSAGE sent by Alice is "${route}"
    And Bob receives MESSAGE without header Route

  Scenario: REGISTER itself never takes it
    Given the embedded server gives a Service-Route
    When Alice registers
    And Alice registers with expires 300
    Then header Expires of REGISTER sent by Alice is "300"
    And Alice does not send REGISTER within 100 ms
    And no message has header Route

  Scenario: a phone that does not honour it
    Given the embedded server gives a Service-Route
    And Alice uses generic phone with registration.service-route false
    When Bob registers
    And Alice calls Bob
    Then Alice sends INVITE without header Route
