export { deliveryStatus, deliveryTrigger, storedStatus, storedTrigger } from "@carewire/service-kit";
