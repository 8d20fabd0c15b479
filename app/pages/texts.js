"use strict";

/* What the page itself says, in the languages that the agent answers in. Used by chat.js. */

const TEXTS = {
  en: {
    restart: "New chat",
    erase: "Erase this conversation?",
    conversation: "Conversation",
    again: "Try again",
    pay: "Pay {amount}",
    payPlain: "Go to payment",
    newTab: "(opens in a new tab)",
    message: "Your message",
    send: "Send",
    hint: "Enter sends the message. Shift and Enter begin a new line.",
    waiting: "Waiting for the answer.",
    filing: "Your request is being recorded.",
    reconnecting: "The connection was lost. Trying again.",
    lost: "The connection was lost. Your message is kept, and sending it again does no harm.",
    busy: "There are many messages at the moment. Please try again in a minute.",
    unavailable: "The chat is not available at the moment. Please try again in a minute.",
    tooLong: "This conversation has become too long. Please begin a new one.",
    gone: "This chat does not exist any more.",
    elsewhere: "The firm does not allow its chat on this page.",
    refused: "This message could not be sent. Please change it, or begin a new conversation.",
    privacy: "Privacy",
    privacyUse:
      "What you write goes to the firm named above and to the service that runs this chat for it. It is used to answer you, to record your request, and to bill the consultation if there is a fee.",
    privacyTab:
      "Your browser keeps this conversation in this tab alone, until you close it or begin a new one. This page sets no cookie and has no tracker. Please do not send passwords, card numbers or social security numbers.",
    privacyLaw:
      "This chat gives no legal advice and does not make you a client of the firm. In an emergency, call 911.",
  },
  es: {
    restart: "Nuevo chat",
    erase: "¿Borrar esta conversación?",
    conversation: "Conversación",
    again: "Intentar de nuevo",
    pay: "Pagar {amount}",
    payPlain: "Ir al pago",
    newTab: "(se abre en otra pestaña)",
    message: "Su mensaje",
    send: "Enviar",
    hint: "Intro envía el mensaje. Mayús e Intro empiezan una línea nueva.",
    waiting: "Esperando la respuesta.",
    filing: "Estamos registrando su solicitud.",
    reconnecting: "Se perdió la conexión. Intentando de nuevo.",
    lost: "Se perdió la conexión. Su mensaje se conserva y puede enviarlo otra vez sin problema.",
    busy: "Hay muchos mensajes en este momento. Inténtelo de nuevo en un minuto.",
    unavailable: "El chat no está disponible en este momento. Inténtelo de nuevo en un minuto.",
    tooLong: "Esta conversación es demasiado larga. Por favor, empiece una nueva.",
    gone: "Este chat ya no existe.",
    elsewhere: "La firma no permite su chat en esta página.",
    refused: "No se pudo enviar este mensaje. Cámbielo o empiece una conversación nueva.",
    privacy: "Privacidad",
    privacyUse:
      "Lo que usted escribe llega a la firma indicada arriba y al servicio que opera este chat para ella. Se usa para responderle, registrar su solicitud y cobrar la consulta si tiene un costo.",
    privacyTab:
      "Su navegador guarda esta conversación solo en esta pestaña, hasta que la cierre o empiece otra. Esta página no usa cookies ni rastreadores. No envíe contraseñas, números de tarjeta ni su número de seguro social.",
    privacyLaw:
      "Este chat no da asesoría legal ni lo convierte en cliente de la firma. En una emergencia, llame al 911.",
  },
};
