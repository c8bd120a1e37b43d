@rfc.3608 @with.sipp
Feature: A route that SIPp gives as registrar
  `3608-service-route.xml` stands where the server should be.

  Scenario: a text takes the Service-Route
    Given Alice registers
    When Alice sends message "hello" to "bob"
    Then the message is accepted
    And Alice sends MESSAGE with header Route matching /^<sip:edge@.*;lr>$/
